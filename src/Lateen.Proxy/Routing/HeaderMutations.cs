// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Proxy.Formatting;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Routing;

/// <summary>
/// Compiled <see cref="HeaderMutationsSpec"/>s of several levels, most specific first: of each level lines are removed,
/// then added, as Envoy does.
/// </summary>
internal sealed class HeaderMutations
{
    private readonly Step[] _request;
    private readonly Step[] _response;

    public HeaderMutations(IReadOnlyList<HeaderMutationsSpec> levels)
    {
        var request = new List<Step>();
        var response = new List<Step>();
        foreach (var level in levels)
        {
            foreach (var name in level.RequestRemove)
                request.Add(new Step(name));
            foreach (var add in level.RequestAdd)
                request.Add(new Step(add));
            foreach (var name in level.ResponseRemove)
                response.Add(new Step(name));
            foreach (var add in level.ResponseAdd)
                response.Add(new Step(add));
        }
        _request = request.ToArray();
        _response = response.ToArray();
    }

    public void ApplyToRequest(StreamInfo stream)
    {
        foreach (var step in _request)
            step.Apply(stream.Request.Headers, stream, stream.Request);
    }

    public void ApplyToResponse(StreamInfo stream)
    {
        foreach (var step in _response)
            step.Apply(stream.Response.Headers, stream, null);
    }

    private sealed class Step
    {
        private const int MaxValueLength = 4096;

        private readonly byte[] _name;
        private readonly HeaderToAdd? _add;
        private readonly SubstitutionFormat? _format;

        public Step(string name) => _name = Encoding.ASCII.GetBytes(name);

        public Step(HeaderToAdd add)
            : this(add.Name)
        {
            _add = add;
            _format = SubstitutionFormat.Parse(add.Value);
        }

        public void Apply(HeaderMap headers, StreamInfo stream, RequestHead? request)
        {
            if (_add is null)
            {
                headers.Remove(_name);
                return;
            }
            Span<byte> value = stackalloc byte[MaxValueLength];
            value = value[..Math.Max(0, _format!.Write(stream, value))];
            if (value.IsEmpty && !_add.KeepEmpty)
                return;
            if (request is not null && _name is [(byte)'h', (byte)'o', (byte)'s', (byte)'t'])
            {
                request.SetAuthority(value);
                return;
            }
            Add(headers, value);
        }

        private void Add(HeaderMap headers, ReadOnlySpan<byte> value)
        {
            var exists = headers.IndexOf(_name) >= 0;
            switch (_add!.Action)
            {
                case AppendAction.AddIfAbsent when exists:
                case AppendAction.OverwriteIfExists when !exists:
                    return;
                case AppendAction.OverwriteIfExists:
                case AppendAction.OverwriteIfExistsOrAdd:
                    headers.Set(_name, value);
                    return;
                default:
                    headers.Add(_name, value);
                    return;
            }
        }
    }
}
