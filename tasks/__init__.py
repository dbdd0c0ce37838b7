"""Who does it? Human tasks, eligibility, signatures, due times."""
