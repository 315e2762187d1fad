"""The `opora` command: for operators, agencies and developers."""

URL = "http://127.0.0.1:8000"  # where `opora run` answers, and the other commands look for it
