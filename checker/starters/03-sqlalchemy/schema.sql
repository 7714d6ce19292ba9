CREATE DATABASE IF NOT EXISTS pythonlogin;

USE pythonlogin;

-- A table from step 01 stays as it is, without e-mail: remove it first (DROP TABLE accounts).
CREATE TABLE IF NOT EXISTS accounts (
    id INT AUTO_INCREMENT PRIMARY KEY,
    username VARCHAR(50) NOT NULL UNIQUE,
    password VARCHAR(255) NOT NULL,
    email VARCHAR(254) NOT NULL UNIQUE,
    active BOOLEAN NOT NULL DEFAULT TRUE
) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
