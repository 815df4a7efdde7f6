"""
``python -m upheld`` is the ``upheld`` command.
"""

from upheld.cli.main import main

if __name__ == "__main__":
    main()
