"""A dictionary whose items are attributes too, as the library of that name has it."""


class Box(dict):
    def __init__(self, row):
        super().__init__({name: _boxed(value) for name, value in row.items()})

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def __setattr__(self, name, value):
        self[name] = value


def _boxed(value):
    return Box(value) if isinstance(value, dict) else value
