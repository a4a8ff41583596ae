"""How the learned depth is made: shapes, views of them, a network and its training.

The only place that knows torch, which `requirements/train.txt` installs; nothing that serves imports this package.
"""
