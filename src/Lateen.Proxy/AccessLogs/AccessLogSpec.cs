// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Formatting;

namespace Lateen.Proxy.AccessLogs;

/// <summary>A file that gets a line for each request or connection (Envoy <c>FileAccessLog</c>).</summary>
/// <param name="Path"><c>/dev/stdout</c>, <c>/dev/stderr</c> or a file.</param>
/// <param name="Format">What a line says; ends in a line feed.</param>
/// <param name="Filter">Which streams it is for; null for all.</param>
public sealed record AccessLogSpec(string Path, SubstitutionFormat Format, AccessLogFilter? Filter = null);
