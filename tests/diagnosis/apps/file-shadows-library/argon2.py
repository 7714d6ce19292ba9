from argon2 import PasswordHasher

print(PasswordHasher().hash("secret"))
