// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.TransportSockets;

/// <summary>A secret that a server of its own sends. Two servers may have different secrets of one name.</summary>
public sealed record ServedSecret(SecretServer Server, string Name);
