"""UniRig: a skeleton written out token by token for a mesh, and the weights by which it moves."""
