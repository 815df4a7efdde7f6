"""
Tests, mirroring ``src/upheld`` path for path.
"""
