// SPDX-License-Identifier: Apache-2.0
using Lateen.Fuzz.Targets;

namespace Lateen.Fuzz;

/// <summary>Everything that is fuzzed.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new Http1RequestTarget(),
        new Http1ResponseTarget(),
        new HpackTarget(),
        new Http2ServerTarget(),
        new Http2ClientTarget(),
        new ClientHelloTarget(),
        new HttpSnifferTarget(),
        new ProxyHeaderTarget(),
    ];
}
