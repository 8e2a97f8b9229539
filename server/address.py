"""Where a message may go: the addresses of the public internet, and none from which only this server is reached."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# What the standard library takes for public, or does in some of its versions, and is not. IANA's registries of
# special-purpose addresses list all of these but the last, which is where Azure's machines ask for their secrets.
PRIVATE = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "100.64.0.0/10",
            "192.0.0.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "240.0.0.0/4",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "2002::/16",
            "3fff::/20",
            "5f00::/16",
            "fec0::/10",
            "168.63.129.16/32",
        ),
    )
)
# RFC 6052: the last 32 bits are an address of version 4, and that is where it leads.
TRANSLATED = ip_network("64:ff9b::/96")


def is_loopback(text: str) -> bool:
    """Whether an address is this machine."""
    return _inner(text).is_loopback


def is_public(text: str) -> bool:
    """Whether an address can be reached from anywhere: not private, local, shared, reserved, or of a group."""
    address = _inner(text)
    return address.is_global and not address.is_multicast and not any(address in network for network in PRIVATE)


def _inner(text: str) -> IPv4Address | IPv6Address:
    """The address that a packet to it reaches; raises ValueError for what is none."""
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in TRANSLATED else address
