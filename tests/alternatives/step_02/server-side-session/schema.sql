CREATE TABLE accounts (
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    email VARCHAR(254) NOT NULL,
    username VARCHAR(50) NOT NULL,
    password VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    active TINYINT NOT NULL DEFAULT 1,
    email_key VARCHAR(254) AS (LOWER(email)) STORED,
    CONSTRAINT one_name UNIQUE (username),
    CONSTRAINT one_email UNIQUE (email_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE sessions (
    digest CHAR(64) PRIMARY KEY,
    account_id BIGINT UNSIGNED NOT NULL,
    FOREIGN KEY (account_id) REFERENCES accounts (id)
);
