CREATE DATABASE IF NOT EXISTS pythonlogin;

USE pythonlogin;

-- TODO 1 (lesson: The table): an e-mail address, and whether the account is active.
CREATE TABLE IF NOT EXISTS accounts (
    id INT AUTO_INCREMENT PRIMARY KEY,
    username VARCHAR(50) NOT NULL UNIQUE,
    password VARCHAR(255) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
