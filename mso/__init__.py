"""What is it about? Practices, licenses, cases and payers' files of a management services organization."""
