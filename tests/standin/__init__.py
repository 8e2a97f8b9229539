"""Stand-in upstreams over real HTTP, *built* from what is known of the real ones; every number in them is made up."""
