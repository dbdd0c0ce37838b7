"""What is measured. Each module has the measure's key, its title and a function that runs it on a rig."""
