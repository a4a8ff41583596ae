import bpy  # as upstream does, of which nothing is called

UNUSED = bpy


class RawData:
    def __init__(self, **rows):
        vars(self).update(rows)
