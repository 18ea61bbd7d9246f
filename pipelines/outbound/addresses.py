"""Which addresses are out in the public Internet: everything that might lead back inside is not."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

# `is_global` of Python 3.11 says yes to several of these; listed whole, so that no version of Python decides.
DENIED = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # this network, private
            "100.64.0.0/10",  # behind the provider's NAT; also 100.100.100.200, metadata of a cloud
            "169.254.0.0/16",  # link-local; 169.254.169.254 is the metadata of most clouds
            "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",  # protocol assignments, 6to4 relays, benchmarks
            "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  # documentation
            "224.0.0.0/4", "240.0.0.0/4",  # multicast; reserved and broadcast
            "168.63.129.16/32",  # a public address by number, and the host's own agent in Azure
            "2001::/23",  # protocol assignments, among them Teredo (2001::/32), which holds an IPv4 address
            "2001:db8::/32", "3fff::/20",  # documentation
            "2002::/16",  # 6to4, which holds an IPv4 address
        ),
    )
)  # fmt: skip
# Of IPv6 only this is given out: it leaves ::1, IPv4 inside IPv6, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), unique local (fd00:ec2::254
# is metadata), link-local, site-local and multicast outside.
GIVEN_OUT = ip_network("2000::/3")


def is_public(text: str) -> bool:
    """Whether an address, as the resolver gave it, is out in the public Internet. An IPv4 address in an IPv6 one counts as itself."""
    try:
        address: Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.scope_id:
            return False
        if address.ipv4_mapped is None and address not in GIVEN_OUT:
            return False
        address = address.ipv4_mapped or address
    return address.is_global and not any(address in network for network in DENIED)
