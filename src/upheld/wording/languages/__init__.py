"""
The texts of each language beside English: sentences by their code, words and parts of sentences by their English ones.

Invariant: a text has the placeholders of its English one, no more and no fewer; what is missing reads in English.
"""
