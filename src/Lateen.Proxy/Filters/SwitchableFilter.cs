// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters;

/// <summary>A filter that routes switch off (<c>FilterConfig.disabled</c>), or on where it is off by default (<c>HttpFilter.disabled</c>).</summary>
internal sealed class SwitchableFilter(IHttpFilter inner, bool isOffByDefault) : IHttpFilter
{
    public string Name => inner.Name;

    public FilterVerdict OnRequestHead(StreamInfo stream, IFilterControl control) =>
        IsOn(stream) ? inner.OnRequestHead(stream, control) : FilterVerdict.Continue;

    public FilterVerdict OnResumed(StreamInfo stream, IFilterControl control) => inner.OnResumed(stream, control);

    public void OnResponseHead(StreamInfo stream)
    {
        if (IsOn(stream))
            inner.OnResponseHead(stream);
    }

    private bool IsOn(StreamInfo stream) =>
        stream.Route is { } route && route.FilterOverrides.TryGet(Name, out var settings)
            ? !settings.IsDisabled
            : !isOffByDefault;
}
