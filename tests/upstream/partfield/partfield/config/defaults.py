"""A configuration node with the two methods that are used of it."""

import pytz  # as upstream does, of which nothing is called


class Node(dict):
    def clone(self):
        return Node(self)

    def merge_from_file(self, path):
        for line in open(path):
            name, _, value = line.partition(":")
            self[name] = value.strip()

    def __getattr__(self, name):
        return self[name]

    def __setattr__(self, name, value):
        self[name] = value


_C = Node(result_name="of_the_defaults", n_point_per_face=2000, n_sample_each=10000)
ZONE = pytz.timezone
