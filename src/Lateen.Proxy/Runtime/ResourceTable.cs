// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Decoding;
using Lateen.Xds;

namespace Lateen.Proxy.Runtime;

/// <summary>The resources of one type: what came over the wire and what it was decoded to. A bad one leaves its previous version in place.</summary>
internal sealed class ResourceTable<T>(string typeUrl)
    where T : class
{
    private readonly Dictionary<string, (NamedResource Resource, T Value)> _entries = new(StringComparer.Ordinal);

    public IEnumerable<NamedResource> Resources => _entries.Values.Select(static entry => entry.Resource);

    public IEnumerable<KeyValuePair<string, T>> Values =>
        _entries.Select(static entry => KeyValuePair.Create(entry.Key, entry.Value.Value));

    public bool TryGet(string name, [NotNullWhen(true)] out T? value)
    {
        var found = _entries.TryGetValue(name, out var entry);
        value = entry.Value;
        return found;
    }

    /// <summary>What a resource in force, or warming, was decoded from.</summary>
    public ByteString? BodyOf(string name) =>
        _entries.TryGetValue(name, out var entry) ? entry.Resource.Body.Value : null;

    public IReadOnlyList<ResourceRejection> Apply(ResourceUpdate update, Func<ByteString, DecodeContext, T> decode)
    {
        var rejections = new List<ResourceRejection>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var resource in update.Changed)
        {
            if (!seen.Add(resource.Name))
                rejections.Add(new ResourceRejection(resource.Name, "stands twice in one response"));
            else
                Set(resource, decode, rejections);
        }
        foreach (var name in update.Removed)
            _entries.Remove(name);
        if (!update.IsWhole)
            return rejections;
        foreach (var name in _entries.Keys.ToArray())
        {
            if (!seen.Contains(name))
                _entries.Remove(name);
        }
        return rejections;
    }

    private void Set(
        NamedResource resource,
        Func<ByteString, DecodeContext, T> decode,
        List<ResourceRejection> rejections
    )
    {
        // The same bytes again: keeping the decoded value keeps connections and counters that hang on it.
        if (_entries.TryGetValue(resource.Name, out var current) && current.Resource.Body.Value == resource.Body.Value)
        {
            _entries[resource.Name] = (resource, current.Value);
            return;
        }
        if (TryDecode(resource.Body, decode, out var value, out var problem))
            _entries[resource.Name] = (resource, value);
        else
            rejections.Add(new ResourceRejection(resource.Name, problem));
    }

    private bool TryDecode(
        Any body,
        Func<ByteString, DecodeContext, T> decode,
        [NotNullWhen(true)] out T? value,
        out string problem
    )
    {
        value = null;
        if (body.TypeUrl != typeUrl)
        {
            problem = $"has the type {body.TypeUrl} instead of {typeUrl}";
            return false;
        }
        var context = new DecodeContext();
        try
        {
            value = decode(body.Value, context);
        }
        catch (Exception failure) when (failure is InvalidProtocolBufferException or ArgumentException)
        {
            context.Add("resource", failure.Message);
        }
        problem = context.ToString();
        return value is not null && !context.HasProblems;
    }
}
