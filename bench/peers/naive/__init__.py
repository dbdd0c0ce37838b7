"""SpiffWorkflow used the plain way, and the stock serializer as the judge of our own."""
