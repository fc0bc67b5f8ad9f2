// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Core;

/// <summary>Where a program without a logging framework writes its log.</summary>
public interface ILogSink
{
    void Write(LogLevel level, string scope, string message);
}

/// <summary>Istio's levels.</summary>
public enum LogLevel : byte
{
    Debug,
    Info,
    Warn,
    Error,
}
