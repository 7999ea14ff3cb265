"""Addresses and fields that every room of the missions uses."""
