"""TeX that reports hold, each line a formula."""

COMMANDS = r"""
a \odot b \otimes c \ominus d \cap e \cup f
\operatorname{softmax}(z_k) = \frac{\exp z_k}{\sum_{j=1}^{K} \exp z_j}
\operatorname*{arg\,max}_k y_k
\begin{aligned} a &= b \\ &= c \end{aligned}
\begin{bmatrix} a & b \\ c & d \end{bmatrix} \begin{pmatrix} 1 \\ 2 \end{pmatrix}
\underbrace{f'(z_j)}_{\text{slope}} \sum_k w_{kj} \delta_k
\frac{\partial C}{\partial w_{ji}} = \delta_j x_i
\sigma'(z) = \sigma(z) (1 - \sigma(z))
\mathbf{W}^{\top} \mathbf{x} \in \mathbb{R}^{N \times 10}
\ln y \cdot \exp x, \max_i x_i, \cosh x, \tanh x, \sqrt{2}, \sqrt[3]{x}
\left( \frac{2}{3} z \right) \left[ x \right] \left| y \right| \lVert w \rVert_2
a \quad b \qquad c \, d \; e \: f \! g
x \leq y \geq z \approx w \neq v \pm u \ldots \cdots \propto t
f(x) = \begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}
\mathrm{d}x \hat{y} \bar{x} \tilde{w} \vec{v} \mathcal{L} \boldsymbol{\Delta}
w_{ji} := w_{ji} - \alpha \frac{\partial C}{\partial w_{ji}} \nabla_w C \to 0
\bigl( \Bigl[ \tfrac{1}{2} \Bigr] \bigr) \dfrac{3}{4} \binom{n}{k}
\|x\| = |y| + \big| \, p(a \mid b)
\left. \frac{a}{b} \right|_{a=1}^b \left. x \right] \left\{ \frac{1}{2} \right. \left( \left. y \right\rangle \right)
50{,}880 = 785 \cdot 64 + 64 \cdot 10 \implies \forall i \exists j
""".strip().splitlines()
