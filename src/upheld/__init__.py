"""
Upheld turns a support policy, written once as a plan document, into kept and proven promises.
"""

__version__ = "0.1.0"
