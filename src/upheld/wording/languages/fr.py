TEXTS = {"paused": "angehalten"}
