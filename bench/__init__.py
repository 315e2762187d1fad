"""What Opora costs, as ratios against floors and peers: `python -m bench [--json] [section ...]`.

Every figure is CPU time, not wall time, because the machine is rarely ours alone. The sides of a
pair take turns and the best round of each counts. A slow figure is a row, never an exit code.
"""
