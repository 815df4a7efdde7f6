"""
The command line: an entry point, so the clock, files and the terminal are touched here.

One module per command group; :mod:`upheld.cli.main` names them all and loads the one that is called.
"""
