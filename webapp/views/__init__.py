"""What the templates are given: rows of the database in the words of the page. No decision is made here."""
