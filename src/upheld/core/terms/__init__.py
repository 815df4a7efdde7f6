"""
Terms: how long a contract runs, how it renews and ends, what a change of tier means for its money and its allowances.
"""
