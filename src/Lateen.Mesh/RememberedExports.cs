// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Precedence;

namespace Lateen.Mesh;

/// <summary>
/// Who sees a resource, worked out once for as long as what was made of the resource stands. Most are for everybody, which costs nothing to find.
/// Any thread may ask.
/// </summary>
internal struct RememberedExports
{
    private Tuple<ExportDefaults, Exports>? _last;

    public Exports Of(ConfigResource resource, ExportDefaults defaults)
    {
        if (_last is { } last && ReferenceEquals(last.Item1, defaults))
            return last.Item2;
        var exports = defaults.Of(resource);
        if (!exports.IsPublic)
            _last = Tuple.Create(defaults, exports);
        return exports;
    }
}
