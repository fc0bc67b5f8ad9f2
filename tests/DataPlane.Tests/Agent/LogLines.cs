// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Lateen.Core;

namespace DataPlane.Tests.Agent;

/// <summary>A log that tests read: <c>level scope: message</c>.</summary>
internal sealed class LogLines : ILogSink
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IEnumerable<string> All => _lines;

    public void Write(LogLevel level, string scope, string message) => _lines.Enqueue($"{level} {scope}: {message}");
}
