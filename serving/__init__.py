"""How it is served: jobs, storage, web, worker. Holds no torch, no open3d, no trimesh, anywhere."""
