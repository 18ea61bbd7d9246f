"""THE TWO FACES: pages and the REST API. They read querysets, call actions and render; they write nothing themselves."""
