// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Tls;

/// <summary>A <see cref="TlsOptions"/> that no context can be made of; the message names what and why.</summary>
public sealed class TlsConfigurationException(string message) : Exception(message);
