"""
Tags and filters of our templates, loaded everywhere by the settings.
"""
