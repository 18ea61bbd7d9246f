"""The kernel: what every storey stands on, with no word of languages, people's tasks or machines in it."""
