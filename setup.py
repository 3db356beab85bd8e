"""The compiled part of the package; everything else is said in pyproject.toml.

Without a compiler the installation goes on, and NumPy does the work (docs/decisions/0018).
"""

from pathlib import Path

from setuptools import Extension, setup

SOURCE = Path("src/hikiwake/kernels/source")

setup(
    ext_modules=[
        Extension(
            "hikiwake.kernels.loops",
            [str(SOURCE / "module.c")],
            depends=[str(path) for path in sorted(SOURCE.glob("*.h"))],
            # Nothing that bends the arithmetic: what is no number must stay so.
            extra_compile_args=["-O3", "-g0", "-fno-math-errno", "-Wno-psabi"],
            optional=True,
            py_limited_api=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
