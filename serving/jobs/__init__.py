"""The job record, its moves, the queues, and the one door through which jobs come in."""
