// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Objects.ManagedFields;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>A request that writes, and what its client is warned of.</summary>
internal sealed class WriteContext(ApiTarget target, WriteOptions options)
{
    private readonly List<string> _warnings = [];

    public ApiTarget Target => target;

    public WriteOptions Options => options;

    /// <summary>Fields that the body has twice.</summary>
    public IReadOnlyList<string> Duplicates { get; init; } = [];

    /// <summary>The object comes of applying, and has its records.</summary>
    public bool IsApply { get; init; }

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>A write that is tried again says the same again.</summary>
    public void Warn(string warning)
    {
        if (!_warnings.Contains(warning))
            _warnings.Add(warning);
    }

    public FieldManager Manager(bool isApplier) =>
        new(options.Manager, isApplier, target.ApiVersion, target.Subresource);
}

/// <summary>What a write gave.</summary>
/// <param name="IsNew">There was no such object before.</param>
internal sealed record Written(System.Text.Json.Nodes.JsonObject Object, bool IsNew = false);
