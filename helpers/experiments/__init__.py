"""What is trained: experiments and their results, the report's table of them, the runner, the store, the cluster."""
