// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.AccessLogs;

/// <summary>Logs of one connection manager or listener, ready for use.</summary>
public sealed class AccessLog
{
    private readonly AccessLogFile[] _files;
    private readonly IReadOnlyList<AccessLogSpec> _specs;

    public AccessLog(IReadOnlyList<AccessLogSpec> specs, AccessLogWriter writer)
    {
        _specs = specs;
        _files = new AccessLogFile[specs.Count];
        for (var i = 0; i < _files.Length; i++)
        {
            specs[i].Filter?.Bind(writer.Runtime);
            _files[i] = writer.Open(specs[i].Path);
        }
    }

    public bool IsEmpty => _files.Length == 0;

    public void Log(int worker, StreamInfo stream, AccessLogType type)
    {
        stream.LogType = type;
        for (var i = 0; i < _files.Length; i++)
        {
            if (_specs[i].Filter is not { } filter || filter.Matches(stream))
                _files[i].Log(worker, _specs[i].Format, stream);
        }
    }
}
