"""Tests against real servers; scripts/test-servers starts them and says where they are."""
