"""`python -m bench` is `countersign bench`."""

from webapp.cli.bench import command

if __name__ == "__main__":
    command(prog_name="countersign bench")
