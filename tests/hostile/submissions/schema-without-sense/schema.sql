\x1b[2J CREATE TABEL accounts (;;'"
