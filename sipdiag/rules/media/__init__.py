"""Rules on media: did they hear each other?"""
