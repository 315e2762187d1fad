"""The `opora` command: for operators, agencies and developers."""
