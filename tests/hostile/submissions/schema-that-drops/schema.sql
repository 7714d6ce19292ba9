DROP DATABASE mysql; DROP DATABASE pythonlogin;
