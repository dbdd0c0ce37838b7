"""Where is it kept? Everything that shares one transaction: database, audit, jobs, blobs, keys, clock."""
