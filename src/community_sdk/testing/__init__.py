"""What proves a community: strategies, laws, contracts, fakes; never imported by us."""
