"""
Claims: until when a credit can be claimed, what a claim says, whether it is admitted, and what is decided of its lines.
"""
